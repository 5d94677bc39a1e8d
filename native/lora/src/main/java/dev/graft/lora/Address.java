package dev.graft.lora;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Where memory begins, in the types that JavaCPP hands over; none of them owns it. */
final class Address {
    private Address() {}

    static FloatPointer of(Tensor tensor) {
        return floats(tensor.data());
    }

    static Pointer of(Weight weight) {
        return new Blocks(weight.data().address());
    }

    static FloatPointer floats(MemorySegment memory) {
        return new Floats(memory.address());
    }

    static IntPointer ints(MemorySegment memory) {
        return new Ints(memory.address());
    }

    static DoublePointer doubles(MemorySegment memory) {
        return new Doubles(memory.address());
    }

    private static final class Blocks extends Pointer {
        Blocks(long begin) {
            super((Pointer) null);
            address = begin;
        }
    }

    private static final class Floats extends FloatPointer {
        Floats(long begin) {
            super((Pointer) null);
            address = begin;
        }
    }

    private static final class Ints extends IntPointer {
        Ints(long begin) {
            super((Pointer) null);
            address = begin;
        }
    }

    private static final class Doubles extends DoublePointer {
        Doubles(long begin) {
            super((Pointer) null);
            address = begin;
        }
    }
}
