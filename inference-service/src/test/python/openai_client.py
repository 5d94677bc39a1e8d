"""PyPI's openai client against a running inference-service: openai_client.py BASE_URL. Exits with 0 only if every claim holds."""
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key="none", max_retries=20)
model = client.models.list().data[0].id
question = [{"role": "user", "content": "Name the days of the week."}]


def chat(**more):
    return client.chat.completions.create(model=model, messages=question, temperature=0, max_tokens=16, **more)


whole = chat()
# As llama-server answers; no token of it is nearly as likely as another, so processors that round otherwise say the same.
assert "Monday" in whole.choices[0].message.content, whole
assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens

chunks = list(chat(stream=True, stream_options={"include_usage": True}))
streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
assert streamed == whole.choices[0].message.content, (streamed, whole)
assert chunks[0].choices[0].delta.role == "assistant"
assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == whole.choices[0].finish_reason

stopped = client.completions.create(model=model, prompt="One, two, three, four,", temperature=0, max_tokens=16, stop=[" six"])
assert stopped.choices[0].text.strip().startswith("five") and "six" not in stopped.choices[0].text, stopped
assert stopped.choices[0].finish_reason == "stop"

drawn = [client.completions.create(model=model, prompt="A story:", temperature=1.0, seed=7, max_tokens=12).choices[0].text for _ in range(2)]
assert drawn[0] == drawn[1], drawn

several = client.completions.create(model=model, prompt="A story:", n=3, seed=1, max_tokens=8)
assert [choice.index for choice in several.choices] == [0, 1, 2]

chosen = client.chat.completions.create(model=model, messages=question, extra_body={"structured_outputs": {"choice": ["London", "Paris"]}})
assert chosen.choices[0].message.content in ("London", "Paris")

# The client asks for base64 by itself.
embedding = client.embeddings.create(model=model, input=["a cat", "a dog"]).data[1].embedding
assert abs(sum(x * x for x in embedding) - 1) < 1e-4

try:
    client.chat.completions.create(model="gpt-4", messages=question)
    raise AssertionError("an unknown model was served")
except openai.NotFoundError as e:
    assert e.code == "model_not_found" and e.param == "model", e

print("all claims hold")
