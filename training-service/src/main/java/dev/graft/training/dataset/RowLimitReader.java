package dev.graft.training.dataset;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Ends reading where a row goes on and on, as after a quote that is never closed: a parser would take the rest of the file for one value. */
final class RowLimitReader extends FilterReader {
    /** Longest row and what the parser reads ahead, in characters. */
    private static final int LIMIT = 2 << 20;

    private long sinceRow;

    RowLimitReader(Reader in) {
        super(in);
    }

    /** A row goes on for too long. */
    static final class RowTooLongException extends IOException {
        RowTooLongException() {
            super("a row has more than " + LIMIT + " characters; is a quote not closed?");
        }
    }

    /** A whole row was read. */
    void rowEnded() {
        sinceRow = 0;
    }

    @Override
    public int read() throws IOException {
        count(1);
        return super.read();
    }

    @Override
    public int read(char[] target, int from, int length) throws IOException {
        int read = super.read(target, from, length);
        count(Math.max(0, read));
        return read;
    }

    private void count(int characters) throws RowTooLongException {
        sinceRow += characters;
        if (sinceRow > LIMIT) {
            throw new RowTooLongException();
        }
    }
}
