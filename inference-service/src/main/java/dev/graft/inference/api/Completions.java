package dev.graft.inference.api;

import dev.graft.contracts.FaultException;
import dev.graft.inference.answer.Answer;
import dev.graft.inference.answer.AnswerEvent.Done;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code /v1/chat/completions} and {@code /v1/completions}. */
@Singleton
final class Completions {
    private final CompletionFields fields;
    private final Submissions submissions;

    Completions(CompletionFields fields, Submissions submissions) {
        this.fields = fields;
        this.submissions = submissions;
    }

    void chat(Call call) throws InterruptedException {
        answer(call, fields.chat(call.body()));
    }

    void text(Call call) throws InterruptedException {
        answer(call, fields.text(call.body()));
    }

    private void answer(Call call, CompletionAsk ask) throws InterruptedException {
        List<Answer> answers = new ArrayList<>();
        for (var request : ask.requests()) {
            answers.add(submissions.submit(call, request));
        }
        if (ask.stream()) {
            call.beginStream();
            stream(call, ask, answers);
        } else {
            whole(call, ask, answers);
        }
    }

    private static void whole(Call call, CompletionAsk ask, List<Answer> answers) throws InterruptedException {
        List<WholeReply> replies = new ArrayList<>();
        List<Done> ends = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            var reply = new WholeReply(ask.choices(), ask.echoes().get(i));
            ends.add(Submissions.read(answers.get(i), reply));
            replies.add(reply);
        }
        call.reply(g -> {
            CompletionJson.head(g, ask);
            for (int i = 0; i < replies.size(); i++) {
                replies.get(i).write(g, ask, ends.get(i), i * ask.choices());
            }
            g.writeEndArray();
            CompletionJson.usage(g, ends);
            g.writeEndObject();
        });
    }

    private static void stream(Call call, CompletionAsk ask, List<Answer> answers) throws InterruptedException {
        List<Done> ends =
                answers.size() == 1 ? List.of(streamed(call, ask, answers, 0)) : streamedTogether(call, ask, answers);
        if (ask.usage()) {
            call.write(Sse.event(g -> {
                CompletionJson.head(g, ask);
                g.writeEndArray();
                CompletionJson.usage(g, ends);
                g.writeEndObject();
            }));
        }
        call.write(Sse.DONE);
        call.end();
    }

    private static Done streamed(Call call, CompletionAsk ask, List<Answer> answers, int i)
            throws InterruptedException {
        var reply = new StreamedReply(call, ask, i * ask.choices());
        reply.echo(ask.echoes().get(i));
        return Submissions.read(answers.get(i), reply);
    }

    /** Several prompts: a thread for each, for each answer comes in its own time. */
    private static List<Done> streamedTogether(Call call, CompletionAsk ask, List<Answer> answers)
            throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Done>> futures = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                int prompt = i;
                futures.add(threads.submit(() -> streamed(call, ask, answers, prompt)));
            }
            List<Done> ends = new ArrayList<>();
            for (Future<Done> future : futures) {
                ends.add(future.get());
            }
            return ends;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof FaultException fault ? fault : new IllegalStateException(e.getCause());
        }
    }
}
