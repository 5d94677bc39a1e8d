/** Every setting of the service, and where its database is. */
@NullMarked
package dev.graft.prompt.settings;

import org.jspecify.annotations.NullMarked;
