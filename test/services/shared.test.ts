import { describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { addressVariable, freshInstance, shared } from './shared.ts';

describe('the servers that all tests of a run share', () => {
  test('are the same for everyone who asks, also at the same moment', async () => {
    const [one, other] = await Promise.all([shared('redis'), shared('redis')]);
    expect(other).toEqual(one);
    const client = new Redis(one.url);
    try {
      expect(await client.ping()).toBe('PONG');
    } finally {
      client.disconnect();
    }
  });

  test('are kept apart by names that never come twice', () => {
    const names = Array.from({ length: 100 }, freshInstance);
    expect(new Set(names).size).toBe(100);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]*$/);
  });

  test('are refused to who is not run by jest, with what to do instead', async () => {
    const address = process.env[addressVariable];
    delete process.env[addressVariable];
    try {
      await expect(shared('redis')).rejects.toThrow('start a redis of your own');
    } finally {
      process.env[addressVariable] = address;
    }
  });
});
