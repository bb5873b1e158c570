/** Which file names a pass looks at: known ones all, strangers within a limit. */
import type { Reading } from '../../core/reading.ts';
import { baseNameOf } from '../rules/self.ts';
import type { CrlMemory } from '../state.ts';
import {
  type EndpointObservation,
  INBOX,
  ISSUED,
  type Listing,
  type ObjectFact,
} from '../types/world.ts';

export interface Chosen {
  /** In the order in which they are read: the announced one, those never judged, the oldest of them first. */
  readonly strangers: readonly string[];
  readonly unread: readonly string[];
  /** More strangers than are notified one by one. */
  readonly crowd: ReadonlySet<string>;
  readonly isKnownOnly: boolean;
  readonly isAllJudged: boolean;
}

/** Strangers read in one pass; the rest wait for the next. */
const STRANGERS_MAX = 48;
/** Refused strangers that are an incident each; more are a flood, which is one. */
const NOTIFIED_MAX = 16;

interface Sources {
  readonly stateStore: Reading<Listing>;
  readonly endpoints: Reading<readonly EndpointObservation[]>;
  readonly memory: CrlMemory;
}

/** What is published, or was, or an endpoint asks for, and the bases of its deltas. */
export function knownNames({ stateStore, endpoints, memory }: Sources): ReadonlySet<string> {
  const settled = [...memory.files].flatMap(([name, { sha256 }]) =>
    sha256 === null ? [] : [name],
  );
  const names = [
    ...(stateStore.known ? stateStore.value.objects.map(({ key }) => key) : []),
    ...(endpoints.known ? endpoints.value.map(({ fileName }) => fileName) : []),
    ...settled,
  ];
  return new Set(names.flatMap((name) => [name, baseNameOf(name) ?? name]));
}

export const nameOf = ({ key }: ObjectFact): string => key.slice(INBOX.length);

export const isCandidate = ({ key }: ObjectFact): boolean => isListName(key);

/** A folder's own marker is no file, and a CA's list of its certificates no CRL. */
const isListName = (name: string): boolean => !name.endsWith('/') && !name.endsWith(ISSUED);

export function chooseNames(
  inbox: Reading<Listing>,
  known: ReadonlySet<string>,
  { files }: CrlMemory,
  { announced, isKnownOnly }: { readonly announced: string | null; readonly isKnownOnly: boolean },
): Chosen {
  const lying = (inbox.known ? inbox.value.objects.filter(isCandidate) : [])
    .filter((object) => !known.has(nameOf(object)))
    .toSorted((a, b) => a.modifiedAt - b.modifiedAt || (a.key < b.key ? -1 : 1));
  const isJudged = (object: ObjectFact) => files.get(nameOf(object))?.etag === object.etag;
  const names = lying.toSorted((a, b) => Number(isJudged(a)) - Number(isJudged(b))).map(nameOf);
  const all =
    announced === null || known.has(announced) || !isListName(announced)
      ? names
      : [announced, ...names.filter((name) => name !== announced)];
  const crowd = new Set(lying.slice(NOTIFIED_MAX).map(nameOf));
  if (isKnownOnly && known.size > 0 && all.length > 0)
    return { strangers: [], unread: [], crowd, isKnownOnly: true, isAllJudged: false };
  const judged = new Set(lying.filter(isJudged).map(nameOf));
  const left = all.slice(STRANGERS_MAX);
  return {
    strangers: all.slice(0, STRANGERS_MAX),
    unread: left.filter((name) => !judged.has(name)),
    crowd,
    isKnownOnly: false,
    isAllJudged: left.length === 0,
  };
}
