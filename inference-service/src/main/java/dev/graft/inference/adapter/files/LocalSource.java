package dev.graft.inference.adapter.files;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.MalformedFileException;
import dev.graft.model.adapter.PeftImport;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Files of this machine, or of a folder that all instances share. A folder that PEFT saved gives the GGUF file that is made of it, which is the same
 * bytes on every instance.
 *
 * @param model the base that adapters are made for
 * @param mostRank the highest rank that is taken
 * @param most bytes that a folder's weights may have
 * @param folder for the file while it is made
 */
record LocalSource(AllowedSources allowed, Path model, int mostRank, long most, Path folder) implements Source {
    @Override
    public InputStream open(URI uri) throws IOException {
        Path place = allowed.requirePlace(uri);
        return Files.isDirectory(place) ? imported(place, uri) : Files.newInputStream(allowed.requireFile(uri));
    }

    private InputStream imported(Path peft, URI uri) throws IOException {
        for (String name : PeftImport.FILES) {
            // A link in the folder leads nowhere that the folder itself might not be.
            Path file = allowed.requireFile(peft.resolve(name).toUri());
            if (Files.size(file) > most) {
                throw SourceFaults.tooLarge(uri, most);
            }
        }
        Path made = Files.createTempFile(folder, ".", AdapterFiles.PARTIAL);
        try {
            var _ = PeftImport.write(peft, LlamaModelFile.check(GgufFile.read(model)), mostRank, made);
            return Files.newInputStream(made, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (MalformedFileException e) {
            Files.deleteIfExists(made);
            throw new FaultException(Fault.input("adapter_refused", e.field(), e.value(), e.remedy()), e);
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(made);
            throw e;
        }
    }
}
