export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export type IntOrString = number | string;

export type TrafficPolicy = 'Cluster' | 'Local';
