package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterGeneration;

/**
 * Weights of an adapter: what a request is computed with, from its beginning to its end.
 *
 * @param name the adapter's
 * @param generation its number
 * @param sha256 of its file: the same number stands for the same weights, even where somebody emptied the registry between
 */
public record AdapterRef(String name, int generation, String sha256) {
    static AdapterRef of(String name, AdapterGeneration generation) {
        return new AdapterRef(name, generation.generation(), generation.sha256());
    }

    @Override
    public String toString() {
        return name + "@" + generation;
    }
}
