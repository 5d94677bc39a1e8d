package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterChange.Register;
import dev.graft.contracts.AdapterExpectation;
import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.AdapterNames;
import dev.graft.contracts.AdapterOffer;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.inference.adapter.files.AdapterFiles;
import dev.graft.inference.adapter.files.AdapterFiles.Fetched;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/** Takes new files into the registry: each is fetched and checked here first, so that no record tells others of a file that is none. */
@Singleton
public class Registrar {
    private final RegistryLog log;
    private final AdapterFiles files;
    private final AdapterCheck check;
    private final BaseModel base;

    public Registrar(RegistryLog log, AdapterFiles files, AdapterCheck check, BaseModel base) {
        this.log = log;
        this.files = files;
        this.check = check;
        this.base = base;
    }

    /**
     * A file that is to be a new generation.
     *
     * @param source where every instance gets it
     * @param sha256 of the file; where it is left out, whatever is there is taken
     * @param baseSha256 of the base model's file that it is for; where it is left out, the one that is served here
     * @param live whether it becomes live at once
     */
    public record Registration(
            String name,
            URI source,
            Optional<String> sha256,
            Optional<String> baseSha256,
            boolean live,
            AdapterLineage lineage,
            AdapterExpectation expected) {}

    /**
     * Fetches, checks, registers.
     *
     * @throws FaultException where the file can't be had or is refused, or the registry can't be written
     */
    public RegistryLog.Outcome register(Registration asked) throws InterruptedException {
        AdapterNames.name("name", asked.name());
        if (asked.name().equals(base.name())) {
            throw new FaultException(Fault.input("invalid_adapter", "name", asked.name(), "is the base model's name"));
        }
        asked.sha256().ifPresent(sha256 -> AdapterNames.sha256("sha256", sha256));
        asked.baseSha256().filter(other -> !other.equals(base.sha256())).ifPresent(other -> {
            throw new FaultException(Fault.input(
                    "other_base",
                    "base_sha256",
                    other,
                    "is not that of " + base.name() + ", which is " + base.sha256()));
        });
        Fetched file = files.fetch(asked.source(), asked.sha256());
        AdapterCheck.Facts facts = check.check(file.path());
        var offer = new AdapterOffer(
                base.sha256(),
                file.sha256(),
                file.bytes(),
                facts.rank(),
                facts.targets(),
                asked.source(),
                asked.lineage());
        return log.change(asked.name(), asked.expected(), new Register(offer, asked.live(), Instant.now()));
    }
}
