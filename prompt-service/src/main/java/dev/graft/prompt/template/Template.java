package dev.graft.prompt.template;

import java.time.Instant;

/**
 * One version of a template; never changed once written.
 *
 * @param version from 1, without gaps
 * @param writtenAt when it was stored
 */
public record Template(int version, Instant writtenAt, TemplateSource source) {
    public String name() {
        return source.name();
    }
}
