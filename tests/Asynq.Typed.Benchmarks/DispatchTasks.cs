namespace Asynq.Typed.Benchmarks;

#pragma warning disable ASQ2003 // Many handlers that do nothing: their interface is named once, by the base that they share

/// <summary>Handles a task by doing nothing.</summary>
public abstract class Idle<TTask> : IHandle<TTask>
    where TTask : IAsynqTask<TTask>
{
    public Task HandleAsync(TTask task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

[AsynqTask("cart:created")]
public readonly partial record struct CartCreated;

[AsynqTask("cart:deleted")]
public readonly partial record struct CartDeleted;

[AsynqTask("cart:expired")]
public readonly partial record struct CartExpired;

[AsynqTask("cart:synced")]
public readonly partial record struct CartSynced;

[AsynqTask("cart:updated")]
public readonly partial record struct CartUpdated;

public sealed class OnCartCreated : Idle<CartCreated>;

public sealed class OnCartDeleted : Idle<CartDeleted>;

public sealed class OnCartExpired : Idle<CartExpired>;

public sealed class OnCartSynced : Idle<CartSynced>;

public sealed class OnCartUpdated : Idle<CartUpdated>;

[AsynqTask("email:created")]
public readonly partial record struct EmailCreated;

[AsynqTask("email:deleted")]
public readonly partial record struct EmailDeleted;

[AsynqTask("email:expired")]
public readonly partial record struct EmailExpired;

[AsynqTask("email:synced")]
public readonly partial record struct EmailSynced;

[AsynqTask("email:updated")]
public readonly partial record struct EmailUpdated;

public sealed class OnEmailCreated : Idle<EmailCreated>;

public sealed class OnEmailDeleted : Idle<EmailDeleted>;

public sealed class OnEmailExpired : Idle<EmailExpired>;

public sealed class OnEmailSynced : Idle<EmailSynced>;

public sealed class OnEmailUpdated : Idle<EmailUpdated>;

[AsynqTask("image:created")]
public readonly partial record struct ImageCreated;

[AsynqTask("image:deleted")]
public readonly partial record struct ImageDeleted;

[AsynqTask("image:expired")]
public readonly partial record struct ImageExpired;

[AsynqTask("image:synced")]
public readonly partial record struct ImageSynced;

[AsynqTask("image:updated")]
public readonly partial record struct ImageUpdated;

public sealed class OnImageCreated : Idle<ImageCreated>;

public sealed class OnImageDeleted : Idle<ImageDeleted>;

public sealed class OnImageExpired : Idle<ImageExpired>;

public sealed class OnImageSynced : Idle<ImageSynced>;

public sealed class OnImageUpdated : Idle<ImageUpdated>;

[AsynqTask("invoice:created")]
public readonly partial record struct InvoiceCreated;

[AsynqTask("invoice:deleted")]
public readonly partial record struct InvoiceDeleted;

[AsynqTask("invoice:expired")]
public readonly partial record struct InvoiceExpired;

[AsynqTask("invoice:synced")]
public readonly partial record struct InvoiceSynced;

[AsynqTask("invoice:updated")]
public readonly partial record struct InvoiceUpdated;

public sealed class OnInvoiceCreated : Idle<InvoiceCreated>;

public sealed class OnInvoiceDeleted : Idle<InvoiceDeleted>;

public sealed class OnInvoiceExpired : Idle<InvoiceExpired>;

public sealed class OnInvoiceSynced : Idle<InvoiceSynced>;

public sealed class OnInvoiceUpdated : Idle<InvoiceUpdated>;

[AsynqTask("order:created")]
public readonly partial record struct OrderCreated;

[AsynqTask("order:deleted")]
public readonly partial record struct OrderDeleted;

[AsynqTask("order:expired")]
public readonly partial record struct OrderExpired;

[AsynqTask("order:synced")]
public readonly partial record struct OrderSynced;

[AsynqTask("order:updated")]
public readonly partial record struct OrderUpdated;

public sealed class OnOrderCreated : Idle<OrderCreated>;

public sealed class OnOrderDeleted : Idle<OrderDeleted>;

public sealed class OnOrderExpired : Idle<OrderExpired>;

public sealed class OnOrderSynced : Idle<OrderSynced>;

public sealed class OnOrderUpdated : Idle<OrderUpdated>;

[AsynqTask("report:created")]
public readonly partial record struct ReportCreated;

[AsynqTask("report:deleted")]
public readonly partial record struct ReportDeleted;

[AsynqTask("report:expired")]
public readonly partial record struct ReportExpired;

[AsynqTask("report:synced")]
public readonly partial record struct ReportSynced;

[AsynqTask("report:updated")]
public readonly partial record struct ReportUpdated;

public sealed class OnReportCreated : Idle<ReportCreated>;

public sealed class OnReportDeleted : Idle<ReportDeleted>;

public sealed class OnReportExpired : Idle<ReportExpired>;

public sealed class OnReportSynced : Idle<ReportSynced>;

public sealed class OnReportUpdated : Idle<ReportUpdated>;

[AsynqTask("search:created")]
public readonly partial record struct SearchCreated;

[AsynqTask("search:deleted")]
public readonly partial record struct SearchDeleted;

[AsynqTask("search:expired")]
public readonly partial record struct SearchExpired;

[AsynqTask("search:synced")]
public readonly partial record struct SearchSynced;

[AsynqTask("search:updated")]
public readonly partial record struct SearchUpdated;

public sealed class OnSearchCreated : Idle<SearchCreated>;

public sealed class OnSearchDeleted : Idle<SearchDeleted>;

public sealed class OnSearchExpired : Idle<SearchExpired>;

public sealed class OnSearchSynced : Idle<SearchSynced>;

public sealed class OnSearchUpdated : Idle<SearchUpdated>;

[AsynqTask("stock:created")]
public readonly partial record struct StockCreated;

[AsynqTask("stock:deleted")]
public readonly partial record struct StockDeleted;

[AsynqTask("stock:expired")]
public readonly partial record struct StockExpired;

[AsynqTask("stock:synced")]
public readonly partial record struct StockSynced;

[AsynqTask("stock:updated")]
public readonly partial record struct StockUpdated;

public sealed class OnStockCreated : Idle<StockCreated>;

public sealed class OnStockDeleted : Idle<StockDeleted>;

public sealed class OnStockExpired : Idle<StockExpired>;

public sealed class OnStockSynced : Idle<StockSynced>;

public sealed class OnStockUpdated : Idle<StockUpdated>;

[AsynqTask("user:created")]
public readonly partial record struct UserCreated;

[AsynqTask("user:deleted")]
public readonly partial record struct UserDeleted;

[AsynqTask("user:expired")]
public readonly partial record struct UserExpired;

[AsynqTask("user:synced")]
public readonly partial record struct UserSynced;

[AsynqTask("user:updated")]
public readonly partial record struct UserUpdated;

public sealed class OnUserCreated : Idle<UserCreated>;

public sealed class OnUserDeleted : Idle<UserDeleted>;

public sealed class OnUserExpired : Idle<UserExpired>;

public sealed class OnUserSynced : Idle<UserSynced>;

public sealed class OnUserUpdated : Idle<UserUpdated>;

[AsynqTask("video:created")]
public readonly partial record struct VideoCreated;

[AsynqTask("video:deleted")]
public readonly partial record struct VideoDeleted;

[AsynqTask("video:expired")]
public readonly partial record struct VideoExpired;

[AsynqTask("video:synced")]
public readonly partial record struct VideoSynced;

[AsynqTask("video:updated")]
public readonly partial record struct VideoUpdated;

public sealed class OnVideoCreated : Idle<VideoCreated>;

public sealed class OnVideoDeleted : Idle<VideoDeleted>;

public sealed class OnVideoExpired : Idle<VideoExpired>;

public sealed class OnVideoSynced : Idle<VideoSynced>;

public sealed class OnVideoUpdated : Idle<VideoUpdated>;
