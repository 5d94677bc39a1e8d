package dev.graft.inference.api;

import dev.graft.contracts.AdapterExpectation;
import dev.graft.contracts.AdapterLineage;
import dev.graft.inference.adapter.Registrar.Registration;
import dev.graft.inference.request.Refusals;
import java.net.URI;
import java.util.OptionalInt;

/** Reads the bodies that change the registry. */
final class AdapterFields {
    private AdapterFields() {}

    static Registration registration(JsonBody body) {
        String name = required(body, "name", "what the adapter is called");
        URI source = source("source", required(body, "source", "where its file is"));
        boolean live = live(body);
        AdapterLineage lineage =
                body.object("lineage").map(AdapterFields::lineage).orElseGet(AdapterLineage::unknown);
        var sha256 = body.text("sha256");
        var baseSha256 = body.text("base_sha256");
        AdapterExpectation expected = expectation(body);
        body.end();
        return new Registration(name, source, sha256, baseSha256, live, lineage, expected);
    }

    static AdapterExpectation expectation(JsonBody body) {
        return new AdapterExpectation(body.wholeLong("expected_revision"), body.whole("expected_generation"));
    }

    static int generation(JsonBody body) {
        OptionalInt generation = body.whole("generation");
        return generation.orElseThrow(
                () -> Refusals.refused("missing_field", "generation", "", "is required: a generation's number"));
    }

    static String required(JsonBody body, String field, String what) {
        return body.text(field).orElseThrow(() -> Refusals.refused("missing_field", field, "", "is required: " + what));
    }

    /** A URI, or the path of a file on a folder that all instances share. */
    static URI source(String field, String text) {
        try {
            return text.startsWith("/") ? new URI("file", "", text, null) : new URI(text);
        } catch (java.net.URISyntaxException e) {
            throw Refusals.invalid(field, text, "must be a file, http, https or s3 URI, or an absolute path");
        }
    }

    private static boolean live(JsonBody body) {
        String state = body.text("state").orElse("live");
        return switch (state) {
            case "live" -> true;
            case "candidate" -> false;
            default -> throw Refusals.invalid("state", state, "must be live or candidate");
        };
    }

    private static AdapterLineage lineage(JsonBody body) {
        var lineage = new AdapterLineage(
                body.text("dataset_sha256"), body.text("template"), body.text("recipe"), body.text("job"));
        body.end();
        return lineage;
    }
}
