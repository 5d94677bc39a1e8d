/** Templates: what people write, its check, its versions in the database, and its rendering with a request's variables. Knows no transport. */
@NullMarked
package dev.graft.prompt.template;

import org.jspecify.annotations.NullMarked;
