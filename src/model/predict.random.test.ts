import test from 'ava';
import fc from 'fast-check';
import { hostPort, parseCidr, parseIP } from '../net/address.ts';
import { connectionsToTry } from '../verify/connections.ts';
import { predict } from './predict.ts';
import { makeEndpoint, makeNode, makePod, makeService, makeSlice, makeView } from './testing/lab.ts';

const randomLab = fc.record({
  endpoints: fc.array(
    fc.record({
      node: fc.integer({ min: 1, max: 3 }),
      host: fc.integer({ min: 2, max: 20 }),
      ready: fc.boolean(),
      serving: fc.boolean(),
      terminating: fc.boolean(),
      zone: fc.option(fc.constantFrom('a', 'b')),
    }),
    { maxLength: 6 },
  ),
  external: fc.constantFrom('Cluster' as const, 'Local' as const),
  internal: fc.constantFrom('Cluster' as const, 'Local' as const),
  clusterCIDR: fc.constantFrom('', '10.244.0.0/16'),
  masqueradeAll: fc.boolean(),
  release: fc.constantFrom('1.8' as const, '1.20' as const, '1.36' as const),
  mode: fc.constantFrom('iptables' as const, 'nftables' as const),
});

test('whatever the lab: probabilities sum to 1, and only endpoints of the Service answer', (t) => {
  fc.assert(
    fc.property(randomLab, (lab) => {
      const endpoints = lab.endpoints.map(({ node, host, zone, ...conditions }) =>
        makeEndpoint(`10.244.${node}.${host}`, `node${node}`, {
          conditions,
          ...(zone === null ? {} : { hints: { forZones: [{ name: zone }] } }),
        }),
      );
      const pods = [...new Set(lab.endpoints.map(({ node, host }) => `${node}.${host}`))].map((at) =>
        makePod(`web-${at}`, `node${at.split('.')[0]}`, `10.244.${at}`, 'httpd'),
      );
      const view = makeView({
        nodes: [1, 2, 3].map((n) =>
          makeNode(`node${n}`, n, { zone: n === 1 ? 'a' : 'b', podCIDRs: [parseCidr(`10.244.${n}.0/24`)] }),
        ),
        pods: [...pods, makePod('busybox', 'node1', '10.244.1.250', 'busybox')],
        services: [
          makeService('web', {
            type: 'NodePort',
            clusterIP: '10.96.0.10',
            ports: [{ port: 80, targetPort: 80, protocol: 'TCP', nodePort: 30080 }],
            externalIPs: ['80.11.12.10'],
            externalTrafficPolicy: lab.external,
            internalTrafficPolicy: lab.internal,
          }),
        ],
        slices: [makeSlice('web', 80, endpoints)],
        lab: { kubernetesRelease: lab.release },
        proxy: { clusterCIDR: lab.clusterCIDR, mode: lab.mode, iptables: { masqueradeAll: lab.masqueradeAll } },
      });
      const usable = new Set(
        endpoints
          .filter(({ conditions: c }) => c?.ready === true || (c?.serving === true && c.terminating === true))
          .map(({ addresses: [ip = ''] }) => hostPort(parseIP(ip), 80)),
      );
      for (const { from, to, about } of connectionsToTry(view, { to: 'svc/web' })) {
        if ('name' in to) continue;
        const { predicted, steps } = predict(view, from, to);
        const sum = predicted.reduce((all, { probability }) => all + probability, 0);
        if (Math.abs(sum - 1) > 1e-12) throw new Error(`${about}: probabilities sum to ${sum}`);
        if (steps.length === 0) throw new Error(`${about}: no steps`);
        for (const { outcome, endpoint = '', probability } of predicted) {
          if (probability <= 0) throw new Error(`${about}: probability ${probability}`);
          if (outcome === 'delivered' && !usable.has(endpoint))
            throw new Error(`${about}: ${endpoint} is no usable endpoint`);
        }
      }
    }),
    { numRuns: 150 },
  );
  t.pass();
});
