import test from 'ava';
import { predictions, withRules } from '../../testing/ask.ts';

/** What becomes of the mark 0xff0, by option of -j MARK (iptables-extensions(8)). */
const changes: readonly (readonly [option: string, mark: string])[] = [
  ['--set-xmark 0x5/0xff', '0xf05'],
  ['--set-xmark 0xff/0xffffffff', '0xff'],
  ['--set-mark 0x5/0xf0', '0xf05'],
  ['--set-mark 0x5', '0x5'],
  ['--and-mark 0xf0', '0xf0'],
  ['--or-mark 0xf', '0xfff'],
  ['--xor-mark 0xff', '0xf0f'],
];
for (const [option, mark] of changes) {
  const setMark = ['-A PREROUTING -j MARK --set-xmark 0xff0/0xffffffff', `-A PREROUTING -j MARK ${option}`];
  const connmark = [
    '-A PREROUTING -j CONNMARK --set-xmark 0xff0/0xffffffff',
    `-A PREROUTING -j CONNMARK ${option}`,
    '-A PREROUTING -j CONNMARK --restore-mark',
  ];
  for (const [target, rules] of Object.entries({ MARK: setMark, CONNMARK: connmark })) {
    test(`-j ${target} ${option} makes ${mark} of 0xff0`, (t) => {
      const dump = withRules('mangle', ...rules, `-A PREROUTING -m mark --mark ${mark} -j DROP`);
      t.deepEqual(predictions(dump, '192.168.0.9 192.168.0.5:80 eth0'), ['1 dropped 192.168.0.5:80 from 192.168.0.9']);
    });
  }
}
