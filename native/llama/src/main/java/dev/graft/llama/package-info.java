/**
 * llama.cpp as Java sees it: one final class owns one native handle, checks every pointer and return code, and frees what it opened. Nobody
 * outside this package sees a {@code Pointer}; the generated binding lies in {@code dev.graft.llama.jni}.
 */
@NullMarked
package dev.graft.llama;

import org.jspecify.annotations.NullMarked;
