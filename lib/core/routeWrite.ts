/** How EC2 ended the write of one route. */
export type WriteAnswer =
  | { readonly kind: 'written' }
  /** EC2 throttled the call; nothing was written. */
  | { readonly kind: 'throttled'; readonly why: string }
  /** The answer was lost: it may or may not have been written. */
  | { readonly kind: 'unclear'; readonly why: string }
  /** `isOfTable`: the error is about the route table, so that every route of it is refused (S6). */
  | { readonly kind: 'refused'; readonly why: string; readonly isOfTable?: boolean };
