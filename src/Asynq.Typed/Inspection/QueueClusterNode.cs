namespace Asynq.Typed;

/// <summary>A node of a Redis Cluster that holds a queue.</summary>
/// <param name="Id">Its id in the cluster.</param>
/// <param name="Address">Where it is reached: <c>host:port</c>.</param>
/// <param name="IsReplica">Whether it copies another node.</param>
public sealed record QueueClusterNode(string Id, string Address, bool IsReplica);
