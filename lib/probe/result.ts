/** `down` is the far side's silence or refusal; whatever went wrong on our own side is `unknown`. */
export type ProbeResult =
  | { readonly kind: 'up'; readonly tookMs: number }
  | { readonly kind: 'down'; readonly why: string; readonly tookMs: number }
  | { readonly kind: 'unknown'; readonly why: string };
