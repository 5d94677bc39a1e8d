package dev.graft.cli.command;

import java.io.IOException;
import java.util.List;

/** Another program of ours that takes over the terminal until it ends. */
final class Child {
    /** Its exit code. */
    static int run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start().waitFor();
    }

    private Child() {}
}
