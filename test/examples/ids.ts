/** Ids, addresses and times of made-up accounts: the same name gives the same one in every run. */
import { createHash } from 'node:crypto';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As AWS writes them: `i-0` and 16 hexadecimal digits. */
export const idOf = (prefix: string, name: string): string =>
  `${prefix}-0${hash(`${prefix} ${name}`).slice(0, 16)}`;

/** 0 to 1. */
export const shareOf = (name: string): number =>
  Number.parseInt(hash(name).slice(0, 8), 16) / 2 ** 32;

/** An instant so many days before the capture. */
export const daysBefore = (at: number, days: number): string =>
  new Date(at - Math.round(days * DAY_MS)).toISOString();

const DAY_MS = 86_400_000;

export type Item = Readonly<Record<string, unknown>>;
export type Tags = Readonly<Record<string, string>>;

export const tagList = (tags: Tags): readonly { readonly Key: string; readonly Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** As DescribeTags lists them. */
export const tagItems = (ResourceId: string, ResourceType: string, tags: Tags) =>
  tagList(tags).map((tag) => ({ ResourceId, ResourceType, ...tag }));
