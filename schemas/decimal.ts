import avsc from 'avsc';

/**
 * Avro `decimal` over bytes (two's complement, big-endian, unscaled) as a decimal string with exactly `scale` digits after
 * the point: "386.00". A string, because 14 digits of money must survive code, JSON and SQL without a float in between.
 * Fewer digits than `scale` are filled up on writing; more digits, or more than `precision`, are refused.
 */
export class Decimal extends avsc.types.LogicalType {
  private readonly precision: number;
  private readonly scale: number;

  constructor(schema: avsc.Schema, options?: Partial<avsc.ForSchemaOptions>) {
    super(schema, options);
    const { precision, scale = 0 } = schema as unknown as { precision: number; scale?: number };
    this.precision = precision;
    this.scale = scale;
  }

  protected override _fromValue(bytes: Buffer): string {
    const unscaled =
      bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(this.scale + 1, '0');
    const whole = digits.slice(0, digits.length - this.scale);
    const fraction = this.scale === 0 ? '' : `.${digits.slice(-this.scale)}`;
    return `${unscaled < 0n ? '-' : ''}${whole}${fraction}`;
  }

  /** Undefined makes avsc refuse the value. */
  protected override _toValue(value: unknown): Buffer | undefined {
    const match = typeof value === 'string' ? /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) : null;
    if (match === null) return undefined;
    const [, sign, whole = '', fraction = ''] = match;
    if (fraction.length > this.scale) return undefined;
    const digits = `${whole}${fraction.padEnd(this.scale, '0')}`.replace(/^0+(?=\d)/, '');
    if (digits.length > this.precision) return undefined;
    const unscaled = sign === '-' ? -BigInt(digits) : BigInt(digits);
    let bits = 8;
    while (BigInt.asIntN(bits, unscaled) !== unscaled) bits += 8;
    return Buffer.from(
      BigInt.asUintN(bits, unscaled)
        .toString(16)
        .padStart(bits / 4, '0'),
      'hex',
    );
  }

  protected override _resolve(writer: avsc.Type): ((value: unknown) => unknown) | undefined {
    const same =
      writer instanceof Decimal && writer.scale === this.scale && writer.precision === this.precision;
    return same ? (value) => value : undefined;
  }

  protected override _export(attributes: avsc.Schema): void {
    Object.assign(attributes, { precision: this.precision, scale: this.scale });
  }
}
