/**
 * The part of the Jinja language that chat templates are written in, as jinja2 renders it under Hugging Face's settings
 * ({@code trim_blocks}, {@code lstrip_blocks}, loop controls, an immutable sandbox), with one thing more: every character of the output
 * tells whether it came from the template or from a message.
 *
 * <p>Reads: {@code Lexer} cuts a template into tags, {@code Parser} and {@code ExpressionParser} make nodes of them, {@code Renderer}
 * runs the nodes, {@code Evaluator} the expressions in them. Values are plain Java ones: {@link dev.graft.model.jinja.Text}, {@code Long},
 * {@code Double}, {@code Boolean}, {@code List}, {@code Map}, {@code None}, {@code Undefined} and {@code Callable}; no other Java object is ever reachable.
 */
@NullMarked
package dev.graft.model.jinja;

import org.jspecify.annotations.NullMarked;
