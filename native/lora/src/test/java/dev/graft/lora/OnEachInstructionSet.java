package dev.graft.lora;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that run once on each instruction set that the processor has. */
@ParameterizedClass
@EnumSource(InstructionSet.class)
abstract class OnEachInstructionSet {
    @Parameter
    InstructionSet most = InstructionSet.PLAIN;

    Kernels kernels;

    @BeforeEach
    void open() {
        kernels = CpuKernels.open(3);
        assumeTrue(CpuKernels.limit(most), () -> "NOT MEASURED: this processor has no " + most);
    }

    @AfterEach
    void close() {
        CpuKernels.limit(InstructionSet.AVX512);
        kernels.close();
    }
}
