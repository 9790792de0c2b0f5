"""The baseline: a plain pipecat pipeline with its stock services, called by the same telephones.

    python -m bench.baseline --port 5070

Stock, with default settings: Silero and Smart Turn v3 as pipecat's user aggregator has them,
`WhisperSTTService`, `OpenAILLMService` against llama-cpp-python's own server, `KokoroTTSService`.
The models are ours (whisper-base int8, Qwen2.5-Coder 0.5B, Kokoro int8), and so is the SIP
transport. What differs from the defaults, and why:

- Whisper is int8, not float32, on the CPU: the same arithmetic as ours, and faster.
- the server's `interrupt_requests` is off: one caller's question would cut off another's answer.
- the "developer" role is sent as "user", which that server knows.
- speech may begin 30 s late, not 3: a busy machine would otherwise be silent for ever.
- a call's services are loaded before it is answered, not while the caller waits.
"""
