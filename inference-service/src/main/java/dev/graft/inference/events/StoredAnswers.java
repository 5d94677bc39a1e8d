package dev.graft.inference.events;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which requests were answered, by any instance, and where on the results topic the answer lies. Bounded: the answers seen longest ago are
 * forgotten first, and a request that comes again after that is computed again. About 200 bytes an answer.
 */
final class StoredAnswers {
    /**
     * @param partition of the results topic
     * @param offset there
     * @param digest of the request that it answers
     */
    record Place(int partition, long offset, Digest digest) {}

    private final Map<String, Place> places;

    /** @param most how many answers are remembered */
    StoredAnswers(int most) {
        places = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Place> eldest) {
                return size() > most;
            }
        };
    }

    /** Where the answer to this request lies; empty where it was not answered, or is forgotten. */
    synchronized Optional<Place> find(String id) {
        return Optional.ofNullable(places.get(id));
    }

    /** The first request that was answered under an id owns it: the answer to another one is not kept. */
    synchronized void add(String id, Place place) {
        Place known = places.remove(id);
        places.put(id, known == null || known.digest().fits(place.digest()) ? place : known);
    }

    /** The answer is not where it was: it outlived its topic's retention. */
    synchronized void forget(String id, Place place) {
        places.remove(id, place);
    }

    synchronized int size() {
        return places.size();
    }
}
