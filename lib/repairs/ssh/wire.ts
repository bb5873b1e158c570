/** The request and the answer of the function that logs in from inside the VPC: parsed strictly on either side. */
import * as v from 'valibot';
import type { ScriptAnswer } from '../ports.ts';

const ScriptRequest = v.object({
  version: v.literal(1),
  addresses: v.pipe(v.array(v.pipe(v.string(), v.ip())), v.minLength(1), v.maxLength(4)),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  user: v.pipe(v.string(), v.regex(/^[a-z_][a-z0-9_-]{0,31}$/)),
  privateKey: v.pipe(v.string(), v.maxLength(1_000)),
  hostKeys: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(8)),
  unit: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,100}\.service$/)),
});

export type ScriptRequest = v.InferOutput<typeof ScriptRequest>;

/** @throws {Error} that names the first wrong field and never its value. */
export function parseScriptRequest(event: unknown): ScriptRequest {
  const parsed = v.safeParse(ScriptRequest, event);
  if (parsed.success) return parsed.output;
  throw new Error(`reading a visit: ${v.getDotPath(parsed.issues[0]) ?? 'event'} is not right`);
}

const Answer = v.object({
  kind: v.picklist(['done', 'failed', 'refused']),
  why: v.pipe(v.string(), v.maxLength(1_000)),
  evidence: v.pipe(v.array(v.pipe(v.string(), v.maxLength(500))), v.maxLength(10)),
});

export function parseScriptAnswer(text: string): ScriptAnswer {
  const garbage: ScriptAnswer = {
    kind: 'failed',
    why: 'the function that logs in answered nothing that can be read',
    evidence: [],
  };
  try {
    const parsed = v.safeParse(Answer, JSON.parse(text));
    return parsed.success ? parsed.output : garbage;
  } catch (error) {
    if (error instanceof SyntaxError) return garbage;
    throw error;
  }
}
