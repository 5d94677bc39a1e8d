/**
 * LoRA adapters of a Llama model, as files: llama.cpp's GGUF form, checked against the base before anything native sees it, and PEFT's folder
 * ({@code adapter_model.safetensors}, {@code adapter_config.json}), imported into the one form and exported again.
 *
 * <p>Reads: {@code AdapterCheck} holds a GGUF file against the base, {@code FiniteScan} looks at every weight. {@code SafetensorsReader} and
 * {@code PeftConfigReader} read a PEFT folder, {@code PeftModules} pairs its tensors, {@code ScalePlan} says how a file with one alpha tells each
 * module's own scale, {@link dev.graft.model.adapter.PeftImport} writes, and {@link dev.graft.model.adapter.PeftExport} goes the way back.
 */
@NullMarked
package dev.graft.model.adapter;

import org.jspecify.annotations.NullMarked;
