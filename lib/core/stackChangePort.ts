/** Creates, changes and deletes a stack, and puts its functions' code where CloudFormation finds it. Types only. */
import type { Reading } from './reading.ts';

export interface StackChangePort {
  /** Null: there is no such stack in this region, or it was deleted. */
  look(stackName: string, signal: AbortSignal): Promise<Reading<StackLook | null>>;
  /** False: it has to be made first. Unknown also where the bucket is another account's. */
  hasBucket(bucket: CodeBucket, signal: AbortSignal): Promise<Reading<boolean>>;
  makeBucket(bucket: CodeBucket, signal: AbortSignal): Promise<Reading<null>>;
  /** Whatever it was: closed to the public from now on, and open to TLS alone. Harmless to repeat. */
  closeBucket(bucket: CodeBucket, signal: AbortSignal): Promise<Reading<null>>;
  /** False: an object of this name was there already, and is left as it is: names are made of what is inside. */
  putCode(
    bucket: CodeBucket,
    key: string,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<Reading<boolean>>;
  /** Nothing changes by it. */
  propose(proposal: StackProposal, signal: AbortSignal): Promise<Reading<ProposedChangeId>>;
  proposed(id: ProposedChangeId, signal: AbortSignal): Promise<Reading<ProposedChange>>;
  execute(id: ProposedChangeId, signal: AbortSignal): Promise<Reading<null>>;
  /** Takes a proposal back; `isNew`: with the empty stack that was made for it. */
  discard(id: ProposedChangeId, isNew: boolean, signal: AbortSignal): Promise<Reading<null>>;
  /** The causes that CloudFormation names, the latest first; what was cancelled for another's sake is left out. */
  failures(stackName: string, signal: AbortSignal): Promise<Reading<readonly string[]>>;
  remove(stackName: string, signal: AbortSignal): Promise<Reading<null>>;
}

export interface StackLook {
  /** CloudFormation's word: `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
}

export interface CodeBucket {
  readonly name: string;
  /** Whose it must be: a bucket of this name may be another account's. */
  readonly accountId: string;
}

export interface StackProposal {
  readonly stackName: string;
  readonly isNew: boolean;
  /** Of the template, in a bucket of this region. */
  readonly templateBucket: string;
  readonly templateKey: string;
  /** Null: the stack's present value stays. */
  readonly parameters: ReadonlyMap<string, string | null>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ProposedChangeId {
  readonly stackName: string;
  readonly changeSetId: string;
}

export type ProposedChange =
  | { readonly kind: 'pending' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'ready'; readonly changes: readonly ResourceChange[] };

export interface ResourceChange {
  /** CloudFormation's word: Add, Modify, Remove, Import or Dynamic. */
  readonly action: string;
  readonly logicalId: string;
  readonly type: string;
  /** A new one is made and the old one deleted: `True`, `Conditional`, else null. */
  readonly replacement: string | null;
}
