package dev.graft.model.jinja;

/** A name or attribute that is not there: prints as nothing, is false, has no items; asking it for more is an error that names it. */
record Undefined(String name) {}
