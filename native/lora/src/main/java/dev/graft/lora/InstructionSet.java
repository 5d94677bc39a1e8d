package dev.graft.lora;

/** What kernels are compiled for, the lowest first: {@code Isa} in {@code lora_isa.h}. */
enum InstructionSet {
    PLAIN(0),
    AVX2(1),
    AVX512(2);

    private final int number;

    InstructionSet(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
