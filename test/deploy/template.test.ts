/** Goal: what is decided is folded away, and nothing else changes. Method: small templates, before and after. */
import { describe, expect, test } from '@jest/globals';
import { type JsonObject, tidied } from '../../deploy/template.ts';

const templateWith = (given: string, one: JsonObject) =>
  tidied({
    Conditions: {
      HasIt: { 'Fn::Not': [{ 'Fn::Equals': [given, ''] }] },
      HasBoth: { 'Fn::And': [{ 'Fn::Equals': ['a', 'a'] }, { 'Fn::Equals': [given, ''] }] },
    },
    Resources: { One: one, Other: { Type: 'T' } },
  });

describe('conditions', () => {
  test('a resource stays, without its condition, when that is true, and goes when it is false', () => {
    expect(templateWith('x', { Type: 'T', Condition: 'HasIt' }).Resources['One']).toEqual({
      Type: 'T',
    });
    expect(templateWith('', { Type: 'T', Condition: 'HasIt' }).Resources).toEqual({
      Other: { Type: 'T' },
    });
    expect(templateWith('', { Type: 'T', Condition: 'HasBoth' }).Resources).toHaveProperty('One');
  });

  test('no condition is left in the template', () => {
    expect(templateWith('x', { Type: 'T' })).not.toHaveProperty('Conditions');
  });

  test('a choice becomes what was chosen, and AWS::NoValue leaves its place empty', () => {
    const Properties = {
      Choice: { 'Fn::If': ['HasIt', { A: 1 }, { B: 2 }] },
      Gone: { 'Fn::If': ['HasIt', { Ref: 'AWS::NoValue' }, 'here'] },
      List: ['a', { 'Fn::If': ['HasIt', { Ref: 'AWS::NoValue' }, 'b'] }, 'c'],
    };
    expect(templateWith('x', { Type: 'T', Properties }).Resources['One']).toEqual({
      Type: 'T',
      Properties: { Choice: { A: 1 }, List: ['a', 'c'] },
    });
    expect(templateWith('', { Type: 'T', Properties }).Resources['One']).toEqual({
      Type: 'T',
      Properties: { Choice: { B: 2 }, Gone: 'here', List: ['a', 'b', 'c'] },
    });
  });

  test("a policy statement's own Condition is left alone", () => {
    const Properties = {
      Statement: [{ Effect: 'Allow', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    };
    expect(templateWith('', { Type: 'T', Properties }).Resources['One']).toEqual({
      Type: 'T',
      Properties,
    });
  });

  test('one that only CloudFormation could decide is refused by name', () => {
    const Conditions = { InEurope: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] } };
    expect(() => tidied({ Conditions, Resources: {} })).toThrow('InEurope');
  });
});

describe('dependencies', () => {
  test.each<readonly [string, JsonObject, readonly string[] | undefined]>([
    ['is dropped beside a Ref', { Role: { Ref: 'Role' } }, undefined],
    [
      'is dropped beside a GetAtt in a list',
      { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
      undefined,
    ],
    ['is dropped beside a GetAtt in one word', { Role: { 'Fn::GetAtt': 'Role.Arn' } }, undefined],
    ['is kept where nothing refers to it', { Role: 'arn:…' }, ['Role']],
  ])('%s', (_, Properties, left) => {
    const { Resources } = tidied({
      Resources: { One: { Type: 'T', DependsOn: ['Role'], Properties } },
    });
    expect(Resources['One']?.['DependsOn']).toEqual(left);
  });
});
