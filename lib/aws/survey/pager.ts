/** Asks for every page of a list; a refusal ends it, and is left to the hook. */
import { type CallContext, call, everyPage, reading } from '../call.ts';

/** Services differ in how they write it. */
interface Page {
  readonly NextToken?: string | undefined;
  readonly nextToken?: string | undefined;
}

export const pager =
  (context: CallContext, signal: AbortSignal) =>
  async (action: string, ask: (nextToken: string | undefined) => Promise<Page>): Promise<void> => {
    await reading(context, action, () =>
      everyPage(
        (token) =>
          call(context, action, signal, async () => {
            const { NextToken, nextToken } = await ask(token);
            return { NextToken: NextToken ?? nextToken };
          }),
        () => [],
      ),
    );
  };
