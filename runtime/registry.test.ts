import { expect, test } from '@jest/globals';
import { registry } from './registry.ts';

const definitions = [{ name: 'grid-safety' }, { name: 'complaint-report' }];

test('definitions are found by name, in the order of the list, with the module that exports them', () => {
  const connectors = registry('connector', 'file:///hub/connectors/index.ts', definitions);
  expect(connectors.names).toEqual(['grid-safety', 'complaint-report']);
  expect(connectors.get('complaint-report')).toBe(definitions[1]);
  expect(connectors.moduleOf('complaint-report')).toBe('file:///hub/connectors/complaint-report/index.ts');
});

test('a second definition of the same name is refused', () => {
  expect(() => registry('sink', import.meta.url, [...definitions, { name: 'grid-safety' }])).toThrow(
    expect.objectContaining({ code: 'HUB_REGISTRY_DUPLICATE', message: 'two sinks are named "grid-safety"' }),
  );
});

test('an unknown name lists what there is and what was probably meant', () => {
  const connectors = registry('connector', import.meta.url, definitions);
  expect(() => connectors.get('complaint-reprot')).toThrow(
    expect.objectContaining({
      code: 'HUB_REGISTRY_UNKNOWN',
      message:
        'no connector "complaint-reprot" (did you mean complaint-report?); there are: grid-safety, complaint-report',
    }),
  );
  expect(() => connectors.get('toString')).toThrow(
    'no connector "toString"; there are: grid-safety, complaint-report',
  );
});
