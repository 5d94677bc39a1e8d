package dev.graft.inference.request;

/**
 * What a door's senders call the fields of {@link Requests.Asked}, so that a fault names what they wrote.
 *
 * @param loraScale what the adapter's effect is multiplied by
 * @param deadline after which nobody waits
 */
public record TermNames(String loraScale, String deadline) {
    public static final TermNames HTTP = new TermNames("lora_scale", "deadline_ms");
    public static final TermNames EVENT = new TermNames("loraScale", "deadline");
}
