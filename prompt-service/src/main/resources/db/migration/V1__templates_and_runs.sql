-- Templates. A version is never changed: the trigger refuses it, whoever asks.
create table template (
    name text primary key,
    created_at timestamptz not null default now()
);

create table template_version (
    name text not null references template,
    version int not null check (version > 0),
    -- The template as canonical JSON. Text, not jsonb: its words are kept as they were written.
    source text not null,
    written_at timestamptz not null default now(),
    primary key (name, version)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a template version is never changed: write a new one';
end
$$;

create trigger template_version_is_immutable before update or delete on template_version
    for each row execute function refuse_change();

create table template_label (
    name text not null,
    label text not null,
    version int not null,
    moved_at timestamptz not null default now(),
    primary key (name, label),
    foreign key (name, version) references template_version
);

-- One row a request: its answer, given again where the same id comes again, and what it took.
create table run (
    id text primary key,
    at timestamptz not null default now(),
    -- 'kafka' or 'http'
    door text not null,
    template text not null,
    version int not null,
    -- SHA-256 over the variables: tells like inputs from unlike ones without keeping what users wrote.
    variables_sha256 text not null,
    model text,
    adapter text,
    generation int,
    prompt_tokens int,
    cached_tokens int,
    completion_tokens int,
    queue_ms double precision,
    prefill_ms double precision,
    decode_ms double precision,
    -- The PromptResult as JSON, as it was sent. Text, for an answer may hold NULs, which jsonb refuses.
    result text not null
);

create index run_at on run (at);
create index run_template on run (template, version, at);
