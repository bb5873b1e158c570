/**
 * middy's types name one type of an optional package that none of our functions use, and whose own types do not
 * compile at our flags: this stands in for it.
 */
declare module '@aws/durable-execution-sdk-js' {
  export interface DurableContext {
    readonly lambdaContext: unknown;
  }
}
