package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** What the model reads: a conversation, written by the model's own chat template, or plain text to be continued. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Prompt.Chat.class, name = "chat"),
    @JsonSubTypes.Type(value = Prompt.Text.class, name = "text")
})
public sealed interface Prompt {
    /** @param messages the turns, oldest first; at least one */
    record Chat(List<Message> messages) implements Prompt {
        public Chat {
            messages = List.copyOf(messages);
        }
    }

    /** @param text to be continued as it stands; special tokens written in it are plain characters */
    record Text(String text) implements Prompt {}
}
