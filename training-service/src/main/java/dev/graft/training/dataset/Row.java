package dev.graft.training.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A line of a file, not yet known to be an example.
 *
 * @param line where it begins, from 1
 * @param fields in the order of the file; of a table all of them texts
 */
record Row(int line, Map<String, JsonNode> fields) {}
