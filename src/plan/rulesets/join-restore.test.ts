import test from 'ava';
import { joinRestoreTexts } from './join-restore.ts';

test('a text alone stays as it is', (t) => {
  const text = '*nat\n:A - [0:0]\nCOMMIT\n*nat\n-A A -j B\nCOMMIT\n';
  t.is(joinRestoreTexts([text]), text);
  t.is(joinRestoreTexts([]), '');
});

test('every table is committed once, its lines in the order of the texts', (t) => {
  const proxy =
    '*filter\n:KUBE-A - [0:0]\nCOMMIT\n*nat\n:KUBE-B - [0:0]\n-A KUBE-B -m comment --comment "COMMIT"\nCOMMIT\n';
  const flannel = '*nat\n:FLANNEL-POSTRTG - [0:0]\n-A POSTROUTING -j FLANNEL-POSTRTG\nCOMMIT\n*raw\nCOMMIT\n';
  t.is(
    joinRestoreTexts([proxy, flannel]),
    [
      '*filter\n:KUBE-A - [0:0]\nCOMMIT\n',
      '*nat\n:KUBE-B - [0:0]\n-A KUBE-B -m comment --comment "COMMIT"\n',
      ':FLANNEL-POSTRTG - [0:0]\n-A POSTROUTING -j FLANNEL-POSTRTG\nCOMMIT\n',
      '*raw\nCOMMIT\n',
    ].join(''),
  );
});
