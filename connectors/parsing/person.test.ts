import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isResidentId, parsePhone, pseudonym } from './person.ts';

describe('parsePhone', () => {
  test.each([
    ['13800138000', '+8613800138000'],
    ['138 0013 8000', '+8613800138000'],
    ['138-0013-8000', '+8613800138000'],
    ['１３８００１３８０００', '+8613800138000'],
    ['+86 13800138000', '+8613800138000'],
    ['+86-138-0013-8000', '+8613800138000'],
    ['(+86)13800138000', '+8613800138000'],
    ['008613800138000', '+8613800138000'],
    ['8613800138000', '+8613800138000'],
    ['1795113800138000', '+8613800138000'],
    ['0580-3055123', '+865803055123'],
    ['05803055123', '+865803055123'],
    ['(0580) 3055123', '+865803055123'],
    ['0580-3055123转8012', '+865803055123'],
    ['0580-3055123-801', '+865803055123'],
    ['0571-87654321', '+8657187654321'],
    ['010-62345678', '+861062345678'],
    ['+86 580 3055123', '+865803055123'],
  ])('dials %s as %s', (raw, e164) => {
    expect(parsePhone(raw)).toEqual({ kind: 'KNOWN', e164 });
  });

  test.each([
    '138****8000',
    '138＊＊＊＊8000',
    '138xxxx8000',
    '138●●●●8000',
    '1380013****',
    '0580-305****',
    '+86138****8000',
  ])('sees that %s is masked', (raw) => {
    expect(parsePhone(raw)).toEqual({ kind: 'MASKED' });
  });

  test.each([
    '',
    '无',
    '****',
    '3055123',
    '12800138000',
    '1380013800',
    '138001380001',
    '12345',
    '1.38E+10',
    '微信同号',
    '+1 212 555 0100',
    '1'.repeat(200_000),
  ])('cannot use %.20s', (raw) => {
    expect(parsePhone(raw)).toEqual({ kind: 'UNUSABLE' });
  });

  test('a masked number never gives digits, wherever the mask is', () => {
    const phone = fc.stringMatching(/^1[3-9]\d{9}$/);
    fc.assert(
      fc.property(
        phone,
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 1, max: 4 }),
        (digits, from, length) => {
          const masked = digits.slice(0, from) + '*'.repeat(length) + digits.slice(from + length);
          expect(parsePhone(masked).kind).toBe('MASKED');
          expect(parsePhone(digits)).toEqual({ kind: 'KNOWN', e164: `+86${digits}` });
        },
      ),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (raw) => void parsePhone(raw)));
  });
});

describe('isResidentId', () => {
  test.each(['330903180001010012', `${'330903180001010012'.slice(0, 17)}2`, '330903900101001'])(
    'accepts %s',
    (id) => {
      expect(isResidentId(id)).toBe(true);
    },
  );

  test.each([
    ['330903180001010013', 'the check character is wrong'],
    ['330903180002300012', 'there is no 30 February'],
    ['330903********0012', 'it is masked'],
    ['33090318000101001', 'a character is missing'],
    ['330903901301001', 'there is no month 13'],
    ['', 'it is empty'],
  ])('refuses %j: %s', (id) => {
    expect(isResidentId(id)).toBe(false);
  });

  test('finds every single wrong digit and every swap of two neighbours', () => {
    const id = '330903180001010012';
    for (let i = 0; i < 17; i += 1) {
      for (const digit of '0123456789')
        if (digit !== id[i]) expect(isResidentId(id.slice(0, i) + digit + id.slice(i + 1))).toBe(false);
    }
  });

  test('knows the check character X in both cases', () => {
    const ids = Array.from({ length: 100 }, (_, i) => `33090318000101${String(i).padStart(3, '0')}`);
    const withX = ids.filter((id) => isResidentId(`${id}X`));
    expect(withX.length).toBeGreaterThan(0);
    expect(withX.every((id) => isResidentId(`${id}x`))).toBe(true);
  });
});

describe('pseudonym', () => {
  test('gives the value of the example in the domain reference', () => {
    expect(pseudonym('test-key-1', 1, '+8613800138000')).toMatch(/^hk1:9c87bece8005[0-9a-f]{52}$/);
  });

  test('differs by key, by number of the key and by person', () => {
    const values = [
      pseudonym('test-key-1', 1, '+8613800138000'),
      pseudonym('test-key-2', 1, '+8613800138000'),
      pseudonym('test-key-1', 2, '+8613800138000'),
      pseudonym('test-key-1', 1, '+8613800138001'),
    ];
    expect(new Set(values).size).toBe(4);
  });
});
