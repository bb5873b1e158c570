/** Goal: an Elastic address is named and counted as what it is. Method: keys of routes by hand. */
import { expect, test } from '@jest/globals';
import { countedRoutes, routeKeyText } from '../../lib/core/elasticAddress.ts';

const ROUTE = 'rtb-1 10.0.0.0/8';
const ADDRESS = 'eipalloc-1 203.0.113.7';

test.each([
  [[], '0 routes'],
  [[ROUTE], '1 route'],
  [[ROUTE, ROUTE], '2 routes'],
  [[ADDRESS], '1 address'],
  [[ADDRESS, ADDRESS], '2 addresses'],
  [[ROUTE, ROUTE, ADDRESS], '2 routes and 1 address'],
])('%j are %s', (keys, text) => {
  expect(countedRoutes(keys)).toBe(text);
});

test('a key reads as the address, and that of a route as it is', () => {
  expect([ADDRESS, ROUTE].map(routeKeyText)).toEqual(['Elastic address 203.0.113.7', ROUTE]);
});
