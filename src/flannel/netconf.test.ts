import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { LabError } from '../errors.ts';
import { defaultFlannelConfig, netConfText, parseNetConf } from './netconf.ts';

function refusal(t: ExecutionContext, text: string): LabError {
  const error = t.throws(() => parseNetConf(text), { instanceOf: LabError });
  return error ?? new LabError('internal', 'nothing was thrown');
}

test('without more than Network it is the default', (t) => {
  t.deepEqual(parseNetConf('{ "Network": "10.244.0.0/16" }'), defaultFlannelConfig());
});

test('the file of the stock manifest', (t) => {
  const text = '{"Network":"10.244.0.0/16","EnableNFTables":false,"Backend":{"Type":"vxlan"}}';
  t.deepEqual(parseNetConf(text), defaultFlannelConfig());
});

const ranges = [
  { network: '10.5.0.0/16', len: 24, min: '10.5.1.0', max: '10.5.255.0' },
  { network: '10.9.0.0/24', len: 26, min: '10.9.0.64', max: '10.9.0.192' },
  { network: '10.0.0.0/8', len: 24, min: '10.0.1.0', max: '10.255.255.0' },
  { network: '10.1.0.0/22', len: 24, min: '10.1.1.0', max: '10.1.3.0' },
  { network: '10.1.0.0/23', len: 25, min: '10.1.0.128', max: '10.1.1.128' },
  { network: '10.1.1.16/28', len: 30, min: '10.1.1.20', max: '10.1.1.28' },
];

for (const { network, len, min, max } of ranges) {
  test(`the subnets of ${network} are /${len} from ${min} to ${max}`, (t) => {
    const config = parseNetConf(JSON.stringify({ Network: network }));
    t.is(config.subnetLen, len);
    t.is<string | undefined, string>(config.subnetMin, min);
    t.is<string | undefined, string>(config.subnetMax, max);
  });
}

test('IPv6 has its own range', (t) => {
  const config = parseNetConf(
    '{"Network": "10.244.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00:10:244::/56", "IPv6SubnetMin": "fd00:10:244:8::"}',
  );
  t.deepEqual({ ...config.ipv6 }, {
    network: 'fd00:10:244::/56',
    subnetLen: 64,
    subnetMin: 'fd00:10:244:8::',
    subnetMax: 'fd00:10:244:ff::',
  } as unknown as typeof config.ipv6);
  t.is(parseNetConf('{"Network": "10.244.0.0/16", "IPv6Network": "fd00::/56"}').ipv6, undefined);
  const small = parseNetConf('{"Network": "10.244.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00::/63"}');
  t.is(small.ipv6?.subnetLen, 65);
});

test('keys may be in any case, and null is as good as absent', (t) => {
  const text = `{"NETWORK": "10.5.0.0/16", "subnetlen": 26, "subnetMin": null,
    "backend": {"type": "vxlan", "vni": 7, "PORT": 4789, "directrouting": true, "mtu": 1400, "GBP": true, "learning": true}}`;
  const config = parseNetConf(text);
  t.is(config.subnetLen, 26);
  t.is<string | undefined, string>(config.subnetMin, '10.5.0.64');
  t.deepEqual(config.backend, {
    type: 'vxlan',
    vni: 7,
    port: 4789,
    mtu: 1400,
    directRouting: true,
    learning: true,
    gbp: true,
  });
});

test('Port 0 is the default of Linux', (t) => {
  const { backend } = parseNetConf('{"Network": "10.5.0.0/16", "Backend": {"Type": "vxlan", "Port": 0}}');
  t.is(backend.type === 'vxlan' && backend.port, 8472);
});

test('host bits of Network are cleared', (t) => {
  t.is<string | undefined, string>(parseNetConf('{"Network": "10.5.7.9/16"}').network, '10.5.0.0/16');
});

const refused: readonly { readonly text: string; readonly field: string; readonly message: RegExp }[] = [
  { text: '{}', field: 'Network', message: /missing/ },
  { text: '{"Network": "10.5.0.0"}', field: 'Network', message: /10\.5\.0\.0/ },
  { text: '{"Network": 5}', field: 'Network', message: /must be a string, not a number/ },
  { text: '{"Network": "fd00::/56"}', field: 'Network', message: /fd00/ },
  { text: '{"Network": "10.5.0.0/16", "SubnetLen": 31}', field: 'SubnetLen', message: /no room/ },
  { text: '{"Network": "10.5.0.0/16", "SubnetLen": 17}', field: 'SubnetLen', message: /fewer than four/ },
  { text: '{"Network": "10.5.0.0/16", "SubnetLen": 24.5}', field: 'SubnetLen', message: /24\.5/ },
  { text: '{"Network": "10.5.0.0/16", "SubnetLen": "24"}', field: 'SubnetLen', message: /not a string/ },
  { text: '{"Network": "10.5.0.0/29"}', field: 'Network', message: /too small/ },
  { text: '{"Network": "10.5.0.0/16", "SubnetMin": "10.6.0.0"}', field: 'SubnetMin', message: /outside/ },
  { text: '{"Network": "10.5.0.0/16", "SubnetMax": "10.6.0.0"}', field: 'SubnetMax', message: /outside/ },
  { text: '{"Network": "10.5.0.0/16", "SubnetMin": "10.5.1.5"}', field: 'SubnetMin', message: /10\.5\.1\.5/ },
  { text: '{"Network": "10.5.0.0/16", "SubnetMax": "10.5.9.128"}', field: 'SubnetMax', message: /10\.5\.9\.128/ },
  {
    text: '{"Network": "10.5.0.0/16", "SubnetMin": "10.5.9.0", "SubnetMax": "10.5.8.0"}',
    field: 'SubnetMin',
    message: /after/,
  },
  { text: '{"Network": "10.5.0.0/16", "EnableIPv6": true}', field: 'IPv6Network', message: /missing/ },
  {
    text: '{"Network": "10.5.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00::/125"}',
    field: 'IPv6Network',
    message: /too small/,
  },
  {
    text: '{"Network": "10.5.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00::/56", "IPv6SubnetLen": 127}',
    field: 'IPv6SubnetLen',
    message: /no room/,
  },
  { text: '{"Network": "10.5.0.0/16", "EnableIPv4": false}', field: 'EnableIPv4', message: /false/ },
  { text: '{"Network": "10.5.0.0/16", "EnableNFTables": true}', field: 'EnableNFTables', message: /true/ },
  { text: '{"Network": "10.5.0.0/16", "Backend": {"Type": "wireguard"}}', field: 'Backend.Type', message: /wireguard/ },
  { text: '{"Network": "10.5.0.0/16", "Backend": {"Type": 3}}', field: 'Backend.Type', message: /not a number/ },
  { text: '{"Network": "10.5.0.0/16", "Backend": "vxlan"}', field: 'Backend', message: /an object/ },
  { text: '{"Network": "10.5.0.0/16", "Backend": {"VNI": 10000000}}', field: 'Backend.VNI', message: /10000000/ },
  { text: '{"Network": "10.5.0.0/16", "Backend": {"Port": 65536}}', field: 'Backend.Port', message: /65536/ },
  { text: '{"Network": "10.5.0.0/16", "Backend": {"MTU": 100}}', field: 'Backend.MTU', message: /100/ },
  { text: '{"Network": "10.5.0.0/16", "network": "10.6.0.0/16"}', field: 'Network', message: /twice/ },
];

for (const { text, field, message } of refused) {
  test(`refused: ${text}`, (t) => {
    const error = refusal(t, text);
    t.is(error.code, 'invalid-object');
    t.is(error.field, field);
    t.regex(error.message, message);
    t.truthy(error.hint);
    t.is(error.place?.line, 1);
  });
}

test('a backend that svclab does not build: the hint names those that it does', (t) => {
  t.is(refusal(t, '{"Network": "10.5.0.0/16", "Backend": {"Type": "udp"}}').hint, 'Use vxlan or host-gw.');
});

test('an unknown key: the hint has the nearest name, the place is the key', (t) => {
  const error = refusal(t, '{\n  "Network": "10.5.0.0/16",\n  "SubnetLength": 24\n}');
  t.is(error.code, 'unknown-field');
  t.is(error.hint, 'Did you mean SubnetLen?');
  t.deepEqual(error.place, { file: 'net-conf.json', line: 3, column: 3 });
  t.is(refusal(t, '{"Network": "10.5.0.0/16", "Backend": {"Type": "host-gw", "VNI": 1}}').field, 'Backend.VNI');
  t.regex(refusal(t, '{"Network": "10.5.0.0/16", "x": 1}').hint ?? '', /^The keys are Network, /);
});

test('several faults come together', (t) => {
  const error = refusal(t, '{"Network": "10.5.0.0/16", "SubnetLen": 31, "Mask": 3, "Backend": {"Type": "ipip"}}');
  t.deepEqual(
    error.all.map((each) => each.field),
    ['Mask', 'SubnetLen', 'Backend.Type'],
  );
  t.regex(error.message, /^3 faults/);
});

const broken = [
  { text: '{"Network": "10.5.0.0/16",}', line: 1, column: 27 },
  { text: '{\n  Network: "10.5.0.0/16"\n}', line: 2, column: 3 },
  { text: '{"Network": "10.5.0.0/16"', line: 1, column: 26 },
  { text: '', line: 1, column: 1 },
  { text: '{"Network": "10.5.0.0/16"} x', line: 1, column: 28 },
  { text: '{"Network": \'10.5.0.0/16\'}', line: 1, column: 13 },
  { text: '{"Network" "10.5.0.0/16"}', line: 1, column: 12 },
  { text: '{"Network": "10.5\n.0.0/16"}', line: 1, column: 13 },
  { text: '['.repeat(100_000), line: 1, column: 34 },
];

for (const { text, line, column } of broken) {
  test(`not JSON: ${JSON.stringify(text.slice(0, 40))}`, (t) => {
    const error = refusal(t, text);
    t.is(error.code, 'invalid-object');
    t.deepEqual(error.place, { file: 'net-conf.json', line, column });
  });
}

test('JSON that is no object, and a text that is too long', (t) => {
  t.regex(refusal(t, '[]').message, /must be an object, not a list/);
  t.regex(refusal(t, ' '.repeat(2 ** 20 + 1)).message, /longer/);
});

test('any JSON is read or refused with a LabError, and what JSON.parse refuses is refused', (t) => {
  const key = fc.constantFrom('Network', 'SubnetLen', 'SubnetMin', 'Backend', 'EnableIPv6', 'IPv6Network', 'x');
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('10.5.0.0/16', 'fd00::/48', 24), fc.ipV4());
  const text = fc.oneof(
    fc.dictionary(key, value).map((object) => JSON.stringify(object)),
    fc.json(),
    fc.string(),
  );
  const isJson = (candidate: string): boolean => {
    try {
      JSON.parse(candidate);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(text, (candidate) => {
      try {
        parseNetConf(candidate);
        return isJson(candidate);
      } catch (error) {
        return error instanceof LabError && error.message.startsWith('not valid JSON') !== isJson(candidate);
      }
    }),
    { numRuns: 500 },
  );
  t.pass();
});

test('what is written reads back the same', (t) => {
  const network = fc.tuple(fc.ipV4(), fc.integer({ min: 8, max: 28 })).map(([ip, prefix]) => `${ip}/${prefix}`);
  const backend = fc.oneof(
    fc.constant({ Type: 'host-gw' }),
    fc.record({ Type: fc.constant('vxlan'), VNI: fc.integer({ min: 0, max: 9999 }), DirectRouting: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.record({ Network: network, Backend: backend }), (object) => {
      const config = parseNetConf(JSON.stringify(object));
      t.deepEqual(parseNetConf(netConfText(config)), config);
    }),
  );
});
