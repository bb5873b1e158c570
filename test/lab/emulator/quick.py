"""Answers that AWS gives in tens of milliseconds and moto 5.2.1 in seconds. OURS: the same answers, from an index or kept.

- GetMetricData: moto looks through every point that it holds, for every period of every metric asked for. Here points lie
  by series. Questions that are no plain statistic of one series are left to moto.
- ListMetrics: moto compares each point with every series listed before.
- DescribeVpnConnections of everything: moto takes 0.45 s of CPU to write 500 connections (3.5 MB). Here the text is kept
  until anything of a connection, its tags included, changes.
"""

import weakref
from datetime import timedelta

from moto.cloudwatch.models import CloudWatchBackend, Statistics
from moto.ec2.models import EC2Backend
from moto.ec2.models.vpn_connections import VPNConnection
from moto.ec2.responses import EC2Response

# By backend: how many points are in it, and by (namespace, name, dimensions) the points.
indexes = weakref.WeakKeyDictionary()


def key_of(namespace, name, dimensions):
    return namespace, name, tuple(sorted(dimensions))


def index_of(backend):
    count, series = indexes.get(backend, (0, {}))
    points = backend.metric_data
    if count > len(points):
        count, series = 0, {}
    for point in points[count:]:
        pairs = [(one.name, one.value) for one in point.dimensions]
        series.setdefault(key_of(point.namespace, point.name, pairs), []).append(point)
    indexes[backend] = (len(points), series)
    return series


def is_plain(query):
    return "MetricStat" in query and not query["MetricStat"].get("Unit")


moto_get_metric_data = CloudWatchBackend.get_metric_data


def get_metric_data(self, queries, start_time, end_time, scan_by="TimestampAscending"):
    start = start_time.replace(microsecond=0)
    end = end_time.replace(microsecond=0)
    if start >= end or self.aws_metric_data or not all(is_plain(query) for query in queries):
        return moto_get_metric_data(self, queries, start_time, end_time, scan_by)
    series = index_of(self)
    return [answer_to(query, series, start, end, scan_by) for query in queries]


def answer_to(query, series, start, end, scan_by):
    asked = query["MetricStat"]
    metric = asked["Metric"]
    period = timedelta(seconds=int(asked["Period"]))
    pairs = [(one["Name"], one["Value"]) for one in metric.get("Dimensions", [])]
    buckets = {}
    for point in series.get(key_of(metric["Namespace"], metric["MetricName"], pairs), []):
        if start <= point.timestamp < end:
            buckets.setdefault((point.timestamp - start) // period, []).append(point)
    values, timestamps = [], []
    for place in sorted(buckets, reverse=scan_by == "TimestampDescending"):
        statistics = Statistics([asked["Stat"]], start + place * period)
        statistics.metric_data = buckets[place]
        values.append(statistics.get_statistics_for_type(asked["Stat"]))
        timestamps.append(statistics.timestamp)
    return {
        "id": query["Id"],
        "label": query.get("Label") or f"{metric['MetricName']} {asked['Stat']}",
        "values": values,
        "timestamps": timestamps,
        "status_code": "Complete",
    }


CloudWatchBackend.get_metric_data = get_metric_data

moto_get_filtered_metrics = CloudWatchBackend.get_filtered_metrics


def get_filtered_metrics(self, metric_name, namespace, dimensions):
    if dimensions or self.aws_metric_data:
        return moto_get_filtered_metrics(self, metric_name, namespace, dimensions)
    return [
        points[0]
        for (space, name, _), points in index_of(self).items()
        if namespace in (None, space) and metric_name in (None, name)
    ]


CloudWatchBackend.get_filtered_metrics = get_filtered_metrics

# Connections. `changes` counts whatever may change the answer; the text of the last count is kept, a region each.
changes = 0
kept = {}


def counted(function):
    def call(*rest, **named):
        global changes
        changes += 1
        return function(*rest, **named)

    return call


VPNConnection.__setattr__ = counted(VPNConnection.__setattr__)
for name in ("create_vpn_connection", "delete_vpn_connection", "create_tags", "delete_tags"):
    setattr(EC2Backend, name, counted(getattr(EC2Backend, name)))

moto_describe = EC2Response.describe_vpn_connections


def describe_vpn_connections(self):
    if self._get_param("VpnConnectionIds") or self._filters_from_querystring():
        return moto_describe(self)
    place = (self.current_account, self.region)
    at, text = kept.get(place, (None, None))
    if at != changes:
        count = changes
        _, _, text = self.serialized(moto_describe(self))
        kept[place] = (count, text)
    return text


EC2Response.describe_vpn_connections = describe_vpn_connections
