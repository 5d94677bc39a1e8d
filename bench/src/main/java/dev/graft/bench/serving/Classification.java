package dev.graft.bench.serving;

import dev.graft.bench.load.Load;
import dev.graft.bench.load.Words;
import dev.graft.bench.row.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Eight clients, one of three labels after 300 shared words (new in each turn) and a sentence of ten own words, eight requests each. */
record Classification() implements Scenario {
    private static final List<String> LABELS = List.of(" positive", " negative", " neutral");

    @Override
    public List<Goal> goals() {
        return List.of(Goal.C8_CLASSIFY_REQUESTS_PER_S);
    }

    @Override
    public Map<Goal, Double> turn(Contender server, Words words) throws InterruptedException {
        String shared = words.draw(300);
        List<List<Callable<String>>> clients = new ArrayList<>();
        for (int client = 0; client < 8; client++) {
            List<Callable<String>> own = new ArrayList<>();
            for (int request = 0; request < 8; request++) {
                String prompt = shared + words.draw(10) + ". Sentiment:";
                own.add(() -> server.classify(prompt, LABELS));
            }
            clients.add(own);
        }
        Load<String> load = Load.run(clients);
        return Map.of(Goal.C8_CLASSIFY_REQUESTS_PER_S, load.answers().size() / load.seconds());
    }
}
