package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.ServingAgreement;
import dev.graft.training.dataset.Dataset;
import dev.graft.training.dataset.TokenizedExample;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Asks those that serve a new adapter what they make of some examples that it did not learn from (of some that it did, where there are no others), and
 * compares with the network that was trained: they read the same file by other code.
 */
public final class AgreementCheck {
    private static final int MOST_EXAMPLES = 32;

    /** Of one example: each is a row over the vocabulary on the heap. */
    private static final int MOST_TOKENS = 16;

    private final ServedModel served;

    public AgreementCheck(ServedModel served) {
        this.served = served;
    }

    /**
     * @throws FaultException where they refuse, or nobody answers
     * @throws IOException likewise
     */
    ServingAgreement of(String model, Learner learner, Dataset dataset) throws IOException, InterruptedException {
        List<TokenizedExample> all = dataset.validation().isEmpty() ? dataset.training() : dataset.validation();
        var tally = new Tally();
        for (TokenizedExample example :
                all.stream().limit(MOST_EXAMPLES).map(AgreementCheck::cut).toList()) {
            tally.add(served.likeliest(model, example), learner.logits(example));
        }
        return tally.agreement();
    }

    private static TokenizedExample cut(TokenizedExample example) {
        int end = Math.min(example.tokens().length, example.completionFrom() + MOST_TOKENS);
        return new TokenizedExample(Arrays.copyOf(example.tokens(), end), example.completionFrom());
    }

    private static final class Tally {
        private int examples;
        private int places;
        private int same;
        private double divergence;

        void add(List<Map<Integer, Double>> served, List<float[]> trained) {
            if (served.size() != trained.size()) {
                throw new FaultException(Fault.internal(
                        "unexpected_answer", served.size() + " places served, " + trained.size() + " trained"));
            }
            examples++;
            for (int at = 0; at < trained.size(); at++) {
                var place = new Place(served.get(at), trained.get(at));
                places++;
                same += place.sameLikeliest() ? 1 : 0;
                divergence += place.divergence();
            }
        }

        ServingAgreement agreement() {
            return new ServingAgreement(examples, places, (double) same / places, divergence / places);
        }
    }

    /**
     * One place.
     *
     * @param served ln p of the likeliest tokens, likeliest first
     * @param trained logits over the vocabulary
     */
    record Place(Map<Integer, Double> served, float[] trained) {
        boolean sameLikeliest() {
            int likeliest = 0;
            for (int token = 1; token < trained.length; token++) {
                likeliest = trained[token] > trained[likeliest] ? token : likeliest;
            }
            return served.keySet().iterator().next() == likeliest;
        }

        /** Σ p ln (p / q) with what is not among the likeliest as one event: never above the divergence over the whole vocabulary. */
        double divergence() {
            double logSum = logSum();
            double servedRest = 1;
            double trainedRest = 1;
            double sum = 0;
            for (Map.Entry<Integer, Double> token : served.entrySet()) {
                double logP = token.getValue();
                double logQ = trained[token.getKey()] - logSum;
                sum += Math.exp(logP) * (logP - logQ);
                servedRest -= Math.exp(logP);
                trainedRest -= Math.exp(logQ);
            }
            if (servedRest > 0 && trainedRest > 0) {
                sum += servedRest * Math.log(servedRest / trainedRest);
            }
            return Math.max(0, sum);
        }

        private double logSum() {
            double highest = Double.NEGATIVE_INFINITY;
            for (float logit : trained) {
                highest = Math.max(highest, logit);
            }
            double sum = 0;
            for (float logit : trained) {
                sum += Math.exp(logit - highest);
            }
            return highest + Math.log(sum);
        }
    }
}
