package dev.graft.prompt.events;

import dev.graft.contracts.ShareGroups;
import dev.graft.contracts.TopicPlan;
import dev.graft.contracts.Topics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics that are missing, as {@link TopicPlan} says, and sets this service's share group up. What is there already stays as it is. */
final class BrokerSetup {
    private static final Set<String> OURS = Set.of(
            Topics.PROMPT_REQUESTS,
            Topics.PROMPT_RESULTS,
            Topics.deadLetters(Topics.PROMPT_REQUESTS),
            Topics.INFERENCE_REQUESTS,
            Topics.INFERENCE_RESULTS,
            Topics.INFERENCE_CONTROL);

    static void apply(Admin admin) throws InterruptedException, ExecutionException {
        Set<String> there = admin.listTopics().names().get();
        for (TopicPlan plan : TopicPlan.ALL) {
            if (OURS.contains(plan.name()) && !there.contains(plan.name())) {
                create(admin, plan);
            }
        }
        List<AlterConfigOp> settings = ShareGroups.PROMPT.configs().entrySet().stream()
                .map(each ->
                        new AlterConfigOp(new ConfigEntry(each.getKey(), each.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        var group = new ConfigResource(ConfigResource.Type.GROUP, ShareGroups.PROMPT.id());
        admin.incrementalAlterConfigs(Map.of(group, settings)).all().get();
    }

    private static void create(Admin admin, TopicPlan plan) throws InterruptedException, ExecutionException {
        // -1: the broker's own default, one on a single machine, more on a cluster
        NewTopic topic = new NewTopic(plan.name(), plan.partitions(), (short) -1).configs(plan.configs());
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private BrokerSetup() {}
}
