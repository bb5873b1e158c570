/** Goal: of a shape only what nobody names is cut. Method: a schema laid out as the SDK's generator does it. */
import { describe, expect, test } from '@jest/globals';
import { withoutUnnamedMembers } from '../../deploy/slimSchemas.ts';

const schemas = (members: string, required = '') => `const _Id = "Id";
const _Size = "Size";
const _Token = "Token";
const n0 = "com.amazonaws.x";
export var Thing$ = [3, n0, _Thing,
    0,
    [_Id, _Size, _Token],
    [${members}]${required}
];
`;
const keptOf = (source: string, ...words: readonly string[]) =>
  /\[(_[^\]]*|)\], \[/.exec(withoutUnnamedMembers(source, new Set(words)))?.[1];

describe('a member of a shape', () => {
  const plain = schemas('[0, { "a": `Id`,\n        "b": [1, 2] }], () => Size$, [64 | 0, 0]');

  test('stays where our source names it, with what is told of it', () => {
    const slim = withoutUnnamedMembers(plain, new Set(['Size', 'Token']));
    expect(slim).toContain('[_Size, _Token], [() => Size$, [64 | 0, 0]]];');
  });

  test('falls away where it does not, even if all do', () => {
    expect(keptOf(plain, 'Size')).toBe('_Size');
    expect(keptOf(plain, 'size')).toBe('');
  });

  test('stays without being named when the service requires it, and the next one does not', () => {
    expect(keptOf(schemas('0, 0, 0', ', 2'))).toBe('_Id, _Size');
    expect(withoutUnnamedMembers(schemas('0, 0, 0', ', 2'), new Set())).toContain('[0, 0], 2];');
  });

  test('stays without being named when the SDK fills it in, as it does a token', () => {
    expect(keptOf(schemas('[0, 0], 0, [0, 4]'))).toBe('_Token');
  });
});

test('a shape with more names than members is refused, by its name', () => {
  expect(() => withoutUnnamedMembers(schemas('0, 0'), new Set())).toThrow(
    'Thing$: 3 names, 2 members',
  );
});

test('an error, a list and what is laid out otherwise stay as they are', () => {
  const others =
    'const _Id = "Id";\nvar A = [1, n0, _A,\n    0, 0];\nexport var B$ = [-3, n0, _B,\n    { "error": 1 },\n    [_Id],\n    [0]\n];\n';
  expect(withoutUnnamedMembers(others, new Set())).toBe(others);
});
