namespace go chat

/** What the user asks. */
struct Prompt {
    1: string text
    2: optional i32 maxTokens    // as many as the model likes where it is left out
}

/** One piece of the answer. */
struct Token {
    1: string text
    2: i64 index
}

service ChatService {
    /** Answers piece by piece. */
    Token Generate(1: Prompt prompt) (streaming.mode="server")
    /** Answers each piece of the input. */
    Token Talk(1: Prompt prompt) (streaming.mode="bidirectional")
}
