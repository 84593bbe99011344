import { describe, expect, it } from "vitest";
import { type PostOptions, readPost } from "../../../src/cli/options/post.ts";

const post = "https://hooks.example/cancels?key=1";

describe("the option of posting", () => {
  it("is nothing where it is absent", () => {
    expect(readPost({}, false, {})).toBeNull();
  });

  it("takes a token from the environment", () => {
    expect(readPost({ post, format: "jsonl" }, true, {})).toEqual({ url: new URL(post), token: null });
    expect(readPost({ post, format: "jsonl" }, true, { STREAMSCOPE_POST_TOKEN: "t" })).toMatchObject({ token: "t" });
  });

  it.each<[PostOptions, boolean, RegExp]>([
    [{ post: "hooks.example", format: "jsonl" }, true, /--post "hooks\.example": write the address/],
    [{ post: "https://a:b@hooks.example", format: "jsonl" }, true, /set STREAMSCOPE_POST_TOKEN instead/],
    [{ post }, true, /--post needs --format jsonl/],
    [{ post, format: "jsonl" }, false, /--post needs --format jsonl, and --listen or --follow/],
  ])("says what is wrong with %j", (options, goesOn, sentence) => {
    expect(() => readPost(options, goesOn, {})).toThrow(sentence);
  });
});
