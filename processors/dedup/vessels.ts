import { hash16, hash32 } from './hash.ts';

/** The vessel a record is about, hashed; 0 = not said. People say the last three digits of a number (512号船). */
export interface Vessel {
  readonly mmsi: number;
  readonly number: number;
  readonly lastDigits: number;
}

const unknown: Vessel = { mmsi: 0, number: 0, lastDigits: 0 };

/** ITU-R M.585: 412–414 are China's ships, 970, 972, 974 distress devices (domain.md §3.6). */
const mmsiForm = /(?<!\d)(?:41[2-4]|97[024])\s?\d{3}\s?\d{3}(?!\d)/;
const numberForms = [
  /(?:渔|ZPY|PUYU|YU)[^\d\s]{0,2}\s?(\d{4,6})(?!\d)/i,
  /(?<!\d)(?!12[13]\d\d|95110)(\d{5})(?!\d)(?=[^元块]|$)/,
  /(?<!\d)(\d{3})号?(?:渔)?船/,
  /船\s?(\d{3})号/,
  /尾号\D{0,2}(\d{3})(?!\d)/,
];
const aboutVessels = /[船渔]|MMSI|AIS|SART|CPA|失联/i;
const numerals = '零一二三四五六七八九';

/** 九九五一二 → 99512: numbers of four to six digits are read digit by digit. */
const digitsOf = (text: string): string =>
  text.replace(/[零〇一二三四五六七八九]{4,6}/g, (run) =>
    [...run].map((char) => (char === '〇' ? 0 : numerals.indexOf(char))).join(''),
  );

export function vesselOf(
  text: string,
  subject: { readonly name: string | null; readonly ref: string | null },
): Vessel {
  if (subject.name === null && subject.ref === null && !aboutVessels.test(text)) return unknown;
  const read = digitsOf(`${subject.name ?? ''} ${subject.ref ?? ''} ${text}`.slice(0, 600).normalize('NFKC'));
  const mmsi = mmsiForm.exec(read)?.[0].replace(/\s/g, '');
  const rest = mmsi === undefined ? read : read.replace(mmsiForm, ' ');
  const number = numberForms.map((form) => form.exec(rest)?.[1]).find((found) => found !== undefined);
  return {
    mmsi: mmsi === undefined ? 0 : hash32(mmsi) || 1,
    number: number === undefined || number.length < 4 ? 0 : hash16(number),
    lastDigits: number === undefined ? 0 : hash16(number.slice(-3)),
  };
}
