package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The weights of a GGUF adapter under PEFT's names and in PEFT's order of rows. */
final class GgufWeights {
    private record Place(AdapterPair pair, boolean isB) {
        AdapterMatrix matrix() {
            return isB ? pair.b() : pair.a();
        }
    }

    private final LlamaModelFile base;
    private final ByteSource bytes;
    private final Function<String, PeftOrigin.Folding> foldings;
    private final Map<String, Place> places = new HashMap<>();

    GgufWeights(
            AdapterFile adapter, LlamaModelFile base, ByteSource bytes, Function<String, PeftOrigin.Folding> foldings) {
        this.base = base;
        this.bytes = bytes;
        this.foldings = foldings;
        for (AdapterPair pair : adapter.pairs()) {
            places.put(PeftModule.nameOfA(pair.layer(), pair.target()), new Place(pair, false));
            places.put(PeftModule.nameOfB(pair.layer(), pair.target()), new Place(pair, true));
        }
    }

    /** All of them, as they are. */
    List<SafetensorsWriter.Wanted> tensors() {
        List<SafetensorsWriter.Wanted> tensors = new ArrayList<>();
        places.forEach((name, place) ->
                tensors.add(new SafetensorsWriter.Wanted(name, place.matrix().type(), shape(place.matrix()))));
        return tensors;
    }

    private static List<Long> shape(AdapterMatrix matrix) {
        return List.of((long) matrix.rows(), (long) matrix.columns());
    }

    /** @throws MalformedPeftException where this is not the header of these weights, imported */
    void mustBe(Safetensors header) {
        for (SafeTensor tensor : header.tensors()) {
            Place place = places.get(tensor.name());
            boolean same = place != null
                    && place.matrix().type() == GgufType.F32
                    && shape(place.matrix()).equals(tensor.shape());
            if (!same) {
                throw new MalformedPeftException(
                        PeftOrigin.HEADER,
                        tensor.name(),
                        "must be one of the file's tensors, of the same shape, in F32");
            }
        }
        if (header.tensors().size() != places.size()) {
            throw new MalformedPeftException(
                    PeftOrigin.HEADER, header.tensors().size() + " tensors", "the file has " + places.size());
        }
    }

    /** The data of one tensor in the type that is asked for: the file's own, or the one that an import widened. */
    byte[] data(SafeTensor tensor) throws IOException {
        Place place = places.get(tensor.name());
        if (place == null) {
            throw new IllegalArgumentException(tensor.name());
        }
        AdapterMatrix matrix = place.matrix();
        byte[] data = new byte[Math.toIntExact(matrix.bytes())];
        bytes.read(matrix.offset(), data, data.length);
        AdapterPair pair = place.pair();
        if (!place.isB()) {
            return inType(tensor.type(), matrix.type(), data, PeftOrigin.NONE);
        }
        byte[] rows = HeadRows.toHuggingFace(data, pair.target().permutedHeads(base), matrix.rows());
        return inType(
                tensor.type(), matrix.type(), rows, foldings.apply(pair.target().tensor(pair.layer())));
    }

    private static byte[] inType(GgufType wanted, GgufType type, byte[] data, PeftOrigin.Folding folding) {
        boolean asItIs = wanted == type && folding.equals(PeftOrigin.NONE);
        return asItIs ? data : FoldedWeights.unfolded(wanted, data, folding.factor(), folding.residue());
    }
}
