package dev.graft.model.adapter;

import dev.graft.model.gguf.GgufType;

/**
 * Where one matrix of an adapter lies in its file, row after row, little-endian.
 *
 * @param type F32, F16 or BF16
 * @param rows rank of A, outputs of B
 * @param columns inputs of A, rank of B
 * @param offset bytes from the file's start
 * @param bytes size of its data
 */
public record AdapterMatrix(GgufType type, int rows, int columns, long offset, long bytes) {}
