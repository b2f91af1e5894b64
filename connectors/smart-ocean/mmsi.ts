import type { VesselPosition } from '../../schemas/types.ts';

/** Nine digits with the zeros that a number loses; null for 0 and for what has more digits. */
export const mmsiText = (mmsi: number): string | null =>
  mmsi > 0 && mmsi <= 999_999_999 ? String(mmsi).padStart(9, '0') : null;

/** As an alarm writes it: nine digits, of which not all are alike (000000000, 999999999: nobody's). */
export function readMmsi(text: string): string | null {
  const digits = text.normalize('NFKC').replace(/\s/g, '');
  return /^\d{9}$/.test(digits) && !/^(\d)\1{8}$/.test(digits) && !digits.startsWith('00000') ? digits : null;
}

/** ITU-R M.585-9. */
export function kindOfMmsi(mmsi: string): VesselPosition['kind'] {
  if (mmsi.startsWith('970')) return 'SART';
  if (mmsi.startsWith('972')) return 'MOB';
  if (mmsi.startsWith('974')) return 'EPIRB';
  if (mmsi.startsWith('111')) return 'SAR_AIRCRAFT';
  if (mmsi.startsWith('98')) return 'AUXILIARY';
  return /^[2-7]/.test(mmsi) ? 'SHIP' : 'OTHER';
}
